using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Juxta.Workbench.Storage.Migrations
{
    /// <inheritdoc />
    public partial class LiveConversations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Earlier",
                table: "LivePrompts",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Earlier",
                table: "LivePrompts");
        }
    }
}
