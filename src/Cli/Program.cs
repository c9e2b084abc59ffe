Console.WriteLine("juxta");
return 0;
